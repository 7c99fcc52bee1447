import type { Files } from "../../files/types.js";

/** No files are here. */
export const files: Files | undefined = undefined;
