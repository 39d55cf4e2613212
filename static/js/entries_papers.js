// Documents on a page without the entry's form: the same uploads.
import { startUploads } from "./entries_upload.js";

startUploads(document);
