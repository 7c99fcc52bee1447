// Tells a process's peak memory, in bytes, on descriptor 3 when it ends: node --import peak.js …

import { readFileSync, writeSync } from "node:fs";

process.on("exit", () => {
	writeSync(3, String(peakKib() * 1024));
});

/** Linux counts what the parent had before it started this program into `maxRSS`, but not into VmHWM. */
function peakKib() {
	try {
		return Number(/^VmHWM:\s*(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"))[1]);
	} catch {
		return process.resourceUsage().maxRSS;
	}
}
