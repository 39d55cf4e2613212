// What a device keeps for its owner. One that refuses storage only loses the safety net.
export const device = {
  read(store, key) {
    try {
      return JSON.parse(store.getItem(key));
    } catch {
      return null;
    }
  },
  write(store, key, value) {
    try {
      store.setItem(key, JSON.stringify(value));
    } catch {
      // full or forbidden
    }
  },
  drop(store, key) {
    try {
      store.removeItem(key);
    } catch {
      // forbidden
    }
  },
};
