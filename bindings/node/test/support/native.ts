import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = new URL("../../../node-native/", import.meta.url);
const [platform] = readdirSync(folder).filter((name) => existsSync(new URL(`${name}/rustpdf.node`, folder)));

/** The name of the package of the native core for this machine, as scripts/build-napi.sh made it. */
export const NATIVE = `rustpdf-${platform}`;
/** The folder of that package. */
export const NATIVE_FOLDER = fileURLToPath(new URL(`${platform}/`, folder));
/** The folder of the package `rustpdf`. */
export const PACKAGE_FOLDER = fileURLToPath(new URL("../../", import.meta.url));
