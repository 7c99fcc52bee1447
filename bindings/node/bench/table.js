/** Prints a title and a table in Markdown, its columns aligned; those of numbers go to the right. */
export function printTable(title, head, rows) {
	const lines = [head, ...rows].map((row) => row.map(String));
	const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
	const right = head.map((_, column) => lines.some((line) => /^[\d.]+$/.test(line[column])));
	const render = (line) => `| ${line.map((cell, at) => (right[at] ? cell.padStart(widths[at]) : cell.padEnd(widths[at]))).join(" | ")} |`;
	const rule = `|${widths.map((width, at) => `${"-".repeat(width + 1)}${right[at] ? ":" : "-"}`).join("|")}|`;
	const [first, ...others] = lines.map(render);
	console.log(`\n${title}\n\n${[first, rule, ...others].join("\n")}`);
}

/** A number with so many digits behind the point. */
export function rounded(number, digits = 0) {
	return number.toFixed(digits);
}
