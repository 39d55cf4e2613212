// The captain's workspace: a part of an entry as js/entries_part.js saves it, with rows of people,
// uploads, and parts that the closing moment locks.
//
// Its answers tell more: 200 {members: [{id, state}]}; a refusal `part_locked` once the closing
// moment has passed under one's hands.
import { Part } from "./entries_part.js";
import { rowsOf, setRows, startRows } from "./entries_rows.js";
import { startUploads } from "./entries_upload.js";
import { countRows } from "./rows.js";

const PARTS = { member: "members", adviser: "advisers" };
const MEMBER_ID = /^members-\d+-id$/;

const setId = (row, id) => (row.querySelector('input[name$="-id"]').value = id);

class Workspace extends Part {
  start() {
    this.sentRows = [];
    this.locked = new Set((this.form.dataset.locked ?? "").split(" ").filter(Boolean));
    startRows(this.form, () => this.changed());
    startUploads(this.form);
    this.form.addEventListener("part:fill", ({ detail }) => this.makeRows(detail));
    document.querySelector("[data-team-reload]").addEventListener("click", async (event) => {
      event.preventDefault();
      await this.save();
      if (!this.isDirty) location.reload();
    });
  }

  get memberRows() {
    return rowsOf(this.form.querySelector('[data-rows="member"]'));
  }

  // What is locked is not sent, and nothing kept on the device replaces it.
  isOpen(name) {
    const part = name.split("-")[0];
    if (part === "university_id") return !this.locked.has("members");
    return !this.locked.has(part);
  }

  counts(name) {
    if (name === "members-0-university_id") return false; // the captain's is the project's
    return this.isOpen(name) && !MEMBER_ID.test(name);
  }

  isFilled(_control) {
    return true; // hidden fields of a row say which member it is
  }

  makeRows(fields) {
    for (const [part, prefix] of Object.entries(PARTS)) {
      if (!this.isOpen(prefix)) continue;
      const ids = Array.from({ length: countRows(fields, prefix) }, (_, at) => fields[`${prefix}-${at}-id`] ?? "");
      setRows(this.form, part, ids);
    }
  }

  async send() {
    this.sentRows = this.memberRows;
    await super.send();
  }

  saved(told) {
    this.nameRows(told.members);
    super.saved(told);
  }

  // A new row learns which member it has become, wherever it stands by now. Whoever confirmed or
  // left meanwhile is told of, not put into the form under the captain's hands.
  nameRows(members) {
    if (this.locked.has("members")) return;
    this.sentRows.forEach((row, at) => members[at] && setId(row, members[at].id));
    const shown = new Map(this.sentRows.map((row, at) => [members[at]?.id, row.dataset.state ?? "listed"]));
    const isNews = members
      .slice(1)
      .some(({ id, state }) => !shown.has(id) || (state === "confirmed") !== (shown.get(id) === "confirmed"));
    document.querySelector("[data-team-news]").hidden = !isNews;
  }

  settled(stored) {
    this.sentRows.forEach((row, at) => setId(row, stored.fields[`members-${at}-id`] ?? ""));
    super.settled(stored);
  }

  refused(told) {
    if (told.error?.code === "part_locked") {
      this.stop("failed", told.error.message);
      this.rescue.locked(this.fields(), told.error.message);
      return;
    }
    super.refused(told);
  }
}

for (const form of document.querySelectorAll("form[data-workspace]")) {
  new Workspace(form, `entry:${form.dataset.workspace}`);
}
