import type { Client } from "../../http.js";

/** No client: a page or a worker does not see the address that it connects to, and few services permit requests of other origins. */
export const client: Client | undefined = undefined;
