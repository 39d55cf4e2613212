// What a judge's phone keeps: unsent sheets and what the page shows. In memory where nothing can be kept.
//
// `sheets` holds one record a sheet that has not reached the server, `kept` single values by name.
const NAME = "eventhub-judging";
const PATIENCE = 3000; // ms; some browsers never answer when storage is forbidden

const clone = (value) => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

function open() {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("no answer")), PATIENCE);
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("sheets");
      asked.result.createObjectStore("kept");
    };
    asked.onsuccess = () => {
      clearTimeout(late);
      resolve(asked.result);
    };
    asked.onerror = () => reject(asked.error);
    asked.onblocked = () => reject(new Error("blocked"));
  });
}

class Store {
  constructor(database) {
    this.database = database;
    this.memory = { sheets: new Map(), kept: new Map() };
    this.onFull = () => {};
    if (!database) return;
    database.onclose = () => this.lose();
    database.onversionchange = () => database.close();
  }

  get isDurable() {
    return this.database !== null;
  }

  lose() {
    if (!this.database) return;
    this.database = null;
    this.onFull();
  }

  // One transaction over both stores: `work` gets them and a place for its result.
  run(mode, work) {
    return new Promise((resolve, reject) => {
      const act = this.database.transaction(["sheets", "kept"], mode);
      const result = {};
      act.oncomplete = () => resolve(result.value);
      act.onabort = act.onerror = () => reject(act.error ?? new Error("aborted"));
      work(act.objectStore("sheets"), act.objectStore("kept"), result);
    });
  }

  // Every record whose key begins so.
  async list(prefix) {
    if (this.database) {
      try {
        const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
        const found = await this.run("readonly", (sheets, _kept, result) => {
          sheets.getAll(range).onsuccess = (event) => (result.value = event.target.result);
        });
        for (const record of found) this.memory.sheets.set(record.key, record);
      } catch {
        this.lose();
      }
    }
    return [...this.memory.sheets.values()].filter((record) => record.key.startsWith(prefix)).map(clone);
  }

  // Change one record as it stands on the device, whichever page wrote it last. `make` returns the new
  // one, null to drop it, or undefined to leave it. With `counts` it becomes the device's next edit.
  async change(key, make, { counts = false } = {}) {
    if (this.database) {
      try {
        const record = await this.run("readwrite", (sheets, kept, result) => {
          sheets.get(key).onsuccess = (event) => {
            const held = event.target.result ?? null;
            const next = make(clone(held));
            result.value = next === undefined ? held : next;
            if (next === null) sheets.delete(key);
            else if (next && counts) {
              kept.get("edits").onsuccess = (counted) => {
                next.edit = Math.max(counted.target.result ?? 0, this.memory.kept.get("edits") ?? 0) + 1;
                kept.put(next.edit, "edits");
                sheets.put(next, key);
              };
            } else if (next) sheets.put(next, key);
          };
        });
        this.remember(key, record);
        return clone(record);
      } catch {
        this.lose();
      }
    }
    const held = this.memory.sheets.get(key) ?? null;
    const next = make(clone(held));
    if (next === undefined) return clone(held);
    if (next && counts) {
      next.edit = (this.memory.kept.get("edits") ?? 0) + 1;
    }
    this.remember(key, next);
    return clone(next);
  }

  remember(key, record) {
    if (!record) {
      this.memory.sheets.delete(key);
      return;
    }
    this.memory.sheets.set(key, clone(record));
    this.memory.kept.set("edits", Math.max(this.memory.kept.get("edits") ?? 0, record.edit));
  }

  async read(name) {
    if (this.database) {
      try {
        const value = await this.run("readonly", (_sheets, kept, result) => {
          kept.get(name).onsuccess = (event) => (result.value = event.target.result);
        });
        if (value !== undefined) this.memory.kept.set(name, value);
      } catch {
        this.lose();
      }
    }
    return clone(this.memory.kept.get(name));
  }

  async keep(name, value) {
    this.memory.kept.set(name, clone(value));
    if (!this.database) return;
    try {
      await this.run("readwrite", (_sheets, kept) => {
        if (value === null) kept.delete(name);
        else kept.put(value, name);
      });
    } catch {
      this.lose();
    }
  }
}

export async function openStore() {
  try {
    return new Store(await open());
  } catch {
    return new Store(null);
  }
}

// randomUUID exists under https alone, and not on older phones.
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
