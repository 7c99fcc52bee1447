import type { DrawnAtOnce } from "#appearance";

/** Options that name no level above B-B. Calls with them ask no servers. */
export interface LevelB extends DrawnAtOnce {
	level?: "B-B";
	completeChain?: false;
}
