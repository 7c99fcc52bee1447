import type { Files } from "../files/types.js";

/** There are no files here. */
export const files: Files | undefined = undefined;
