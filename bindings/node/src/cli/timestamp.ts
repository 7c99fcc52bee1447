import type { Command } from "commander";
import { timestampFile } from "../extend.js";
import { intoPlace } from "./extend.js";
import { UsageError } from "./failure.js";
import { addExtensionFlags, extensionOptions } from "./flags.js";
import { addLevelFlags, CREDENTIALS, type LevelFlags, withLevelFlags } from "./level.js";
import { addDestinationFlags, type DestinationFlags } from "./output.js";

interface TimestampFlags extends Record<string, unknown>, DestinationFlags, LevelFlags {
	json?: boolean;
}

/** `rustpdf timestamp`. */
export function addTimestamp(program: Command): void {
	const command = program
		.command("timestamp")
		.summary("give a PDF a document timestamp")
		.description("Gives IN, signed or not, a document timestamp: proof that it existed at that time. No key is needed.")
		.argument("<IN>", "the PDF; - is standard input");
	addDestinationFlags(command).option("--json", "tell what was done as JSON");
	addExtensionFlags(addLevelFlags(command), "timestamp").addHelpText("after", EXAMPLE).action(runTimestamp);
}

const EXAMPLE = `${CREDENTIALS}

Example:
  rustpdf timestamp report.pdf -o stamped.pdf --timestamp-url http://tsa.example.org --timestamp-url http://other.example.org`;

async function runTimestamp(path: string, flags: TimestampFlags): Promise<void> {
	if (flags.timestampUrl === undefined) throw new UsageError("give --timestamp-url, the service that is asked");
	const options = withLevelFlags(extensionOptions(flags), flags);
	await intoPlace(path, flags, (call) => timestampFile({ ...options, ...call }));
}
