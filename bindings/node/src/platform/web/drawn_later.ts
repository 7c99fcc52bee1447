import type { Appearance } from "../../generated.js";

/** Options with which a call answers at once: those of an invisible signature. */
export interface DrawnAtOnce {
	appearance?: undefined;
}

/** Options of a visible signature. A call with them returns a promise, for the module that draws is loaded first. */
export interface DrawnLater {
	appearance: Appearance;
}

/** Whether a drawing is a promise. */
export const drawsLater: boolean = true;
