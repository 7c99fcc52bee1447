// Time and memory against the size of the document, as an image of vectors: two charts with both axes logarithmic.

import { writeFileSync } from "node:fs";

const WIDTH = 360;
const HEIGHT = 240;
const LEFT = 56;
const TOP = 40;

const series = {
	time: [
		{ label: "openssl dgst", colour: "#888888", of: ({ ms }) => ms.openssl },
		{ label: "in place, Rust", colour: "#b7410e", of: ({ ms }) => ms["rust in-place"] },
		{ label: "in place, Node", colour: "#2a6db0", of: ({ ms }) => ms["node in-place"] },
		{ label: "new file, Node", colour: "#7fb069", of: ({ ms }) => ms["node new-file"] },
	],
	memory: [
		{ label: "the document itself", colour: "#888888", of: ({ bytes }) => bytes / 1e6 },
		{ label: "Rust", colour: "#b7410e", of: ({ memoryMb }) => memoryMb.rust },
		{ label: "Node", colour: "#2a6db0", of: ({ memoryMb }) => memoryMb.node },
	],
};

/** Writes the image. */
export function plot(figures, path) {
	const charts = [
		chart(figures, series.time, { at: 0, title: "time, in ms", low: 1, high: 10_000 }),
		chart(figures, series.memory, { at: WIDTH + 100, title: "peak memory above the bare process, in MB", low: 0.1, high: 10_000 }),
	];
	const [width, height] = [2 * (WIDTH + 100), HEIGHT + TOP + 50];
	const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">`;
	const background = `<rect width="${width}" height="${height}" fill="#ffffff"/>`;
	writeFileSync(path, `${head}\n${background}\n${charts.join("\n")}\n</svg>\n`);
}

function chart(figures, lines, { at, high, low, title }) {
	const x = scale(1e4, 1e10, LEFT, LEFT + WIDTH);
	const y = scale(low, high, TOP + HEIGHT, TOP);
	const parts = [text(LEFT, TOP - 18, title, 'font-weight="bold"')];
	for (let size = 1e4; size <= 1e10; size *= 10) {
		parts.push(line(x(size), y(low), x(size), y(high), "#e4e4e4"), text(x(size), TOP + HEIGHT + 16, inBytes(size), 'text-anchor="middle"'));
	}
	for (let value = low; value <= high * 1.001; value *= 10) {
		parts.push(
			line(x(1e4), y(value), x(1e10), y(value), "#e4e4e4"),
			text(LEFT - 6, y(value) + 4, String(Number(value.toPrecision(1))), 'text-anchor="end"'),
		);
	}
	lines.forEach(({ colour, label, of }, index) => {
		const points = figures.map((figure) => `${x(figure.bytes).toFixed(1)},${y(Math.max(low, of(figure))).toFixed(1)}`);
		parts.push(`<polyline fill="none" stroke="${colour}" stroke-width="2" points="${points.join(" ")}"/>`);
		parts.push(...points.map((point) => `<circle cx="${point.split(",")[0]}" cy="${point.split(",")[1]}" r="2.5" fill="${colour}"/>`));
		parts.push(text(LEFT + 10, TOP + 14 + 15 * index, label, `fill="${colour}"`));
	});
	return `<g transform="translate(${at} 0)">\n${parts.join("\n")}\n</g>`;
}

/** A logarithmic scale from two values to two places. */
function scale(low, high, from, to) {
	return (value) => from + ((to - from) * Math.log(value / low)) / Math.log(high / low);
}

function inBytes(size) {
	const [unit, divisor] = size >= 1e9 ? ["GB", 1e9] : size >= 1e6 ? ["MB", 1e6] : ["KB", 1e3];
	return `${size / divisor} ${unit}`;
}

function text(x, y, content, attributes) {
	return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${content}</text>`;
}

function line(x1, y1, x2, y2, stroke) {
	return `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="${stroke}"/>`;
}
