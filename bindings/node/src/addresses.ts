// Addresses that a stranger may name (RFC 6890 and the registries of IANA that follow it).

/** Reach of an address: of everybody, or not, or of this link alone. */
export type Reach = "public" | "private" | "linkLocal";

/** Refused ranges of IPv4: the network and the length of its prefix. */
const IPV4: readonly [network: string, prefix: number, reach: Reach][] = [
	["0.0.0.0", 8, "private"], // this host (RFC 1122)
	["10.0.0.0", 8, "private"], // RFC 1918
	["100.64.0.0", 10, "private"], // shared by the customers of a provider (RFC 6598)
	["127.0.0.0", 8, "private"], // loopback
	["169.254.0.0", 16, "linkLocal"], // RFC 3927; metadata of clouds
	["172.16.0.0", 12, "private"], // RFC 1918
	["192.0.0.0", 24, "private"], // protocol assignments (RFC 6890)
	["192.0.2.0", 24, "private"], // documentation (RFC 5737)
	["192.88.99.0", 24, "private"], // relays of 6to4 (RFC 7526)
	["192.168.0.0", 16, "private"], // RFC 1918
	["198.18.0.0", 15, "private"], // benchmarks (RFC 2544)
	["198.51.100.0", 24, "private"], // documentation
	["203.0.113.0", 24, "private"], // documentation
	["224.0.0.0", 4, "private"], // multicast
	["240.0.0.0", 4, "private"], // reserved, and broadcast
];

/** Ranges of IPv6. In those with `ipv4` an IPv4 address begins at this byte, and decides. All outside of 2000::/3 that is not here is refused. */
const IPV6: readonly [network: string, prefix: number, reach: Reach, ipv4?: number][] = [
	["::ffff:0:0", 96, "public", 12], // mapped (RFC 4291)
	["64:ff9b::", 96, "public", 12], // NAT64 (RFC 6052)
	["2002::", 16, "public", 2], // 6to4 (RFC 3056)
	["2001::", 23, "private"], // protocol assignments, Teredo among them
	["2001:db8::", 32, "private"], // documentation
	["3fff::", 20, "private"], // documentation (RFC 9637)
	["fe80::", 10, "linkLocal"],
];

/** Reach of a literal IP address, without brackets; nothing where the text is not one. */
export function reachOf(address: string): Reach | undefined {
	const four = ipv4Of(address);
	if (four !== undefined) return reachOfIpv4(four);
	const six = ipv6Of(address);
	return six === undefined ? undefined : reachOfIpv6(six);
}

function reachOfIpv4(bytes: Uint8Array): Reach {
	return IPV4.find(([network, prefix]) => isWithin(bytes, ipv4Of(network) as Uint8Array, prefix))?.[2] ?? "public";
}

function reachOfIpv6(bytes: Uint8Array): Reach {
	// Deprecated: IPv4 in the last bytes (RFC 4291, 2.5.5.1). Of nobody, but link-local addresses stay link-local.
	if (isWithin(bytes, new Uint8Array(16), 96)) return reachOfIpv4(bytes.subarray(12)) === "linkLocal" ? "linkLocal" : "private";
	const range = IPV6.find(([network, prefix]) => isWithin(bytes, ipv6Of(network) as Uint8Array, prefix));
	if (range === undefined) return isWithin(bytes, Uint8Array.of(0x20), 3) ? "public" : "private";
	const [, , reach, ipv4] = range;
	return ipv4 === undefined ? reach : reachOfIpv4(bytes.subarray(ipv4, ipv4 + 4));
}

/** Whether the first `prefix` bits are those of the network. */
function isWithin(bytes: Uint8Array, network: Uint8Array, prefix: number): boolean {
	for (let bit = 0; bit < prefix; bit += 8) {
		const mask = 0xff00 >> Math.min(8, prefix - bit);
		if ((((bytes[bit / 8] as number) ^ (network[bit / 8] as number)) & mask & 0xff) !== 0) return false;
	}
	return true;
}

/** The bytes of an IPv4 address in its usual form. `URL` has turned all others into it. */
function ipv4Of(text: string): Uint8Array | undefined {
	const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
	return parts?.every((part) => part < 256) ? Uint8Array.from(parts) : undefined;
}

/** The bytes of an IPv6 address; a zone is dropped. */
function ipv6Of(text: string): Uint8Array | undefined {
	const [address = ""] = text.split("%", 1);
	const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address);
	const last = dotted === null ? undefined : ipv4Of(dotted[2] as string);
	if (dotted !== null && last === undefined) return undefined;
	const words = last === undefined ? address : `${dotted?.[1]}${word(last, 0)}:${word(last, 2)}`;
	const halves = words.split("::");
	if (halves.length > 2 || !words.includes(":")) return undefined;
	const [front = [], back = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
	const missing = 8 - front.length - back.length;
	if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
	const all = [...front, ...Array<string>(missing).fill("0"), ...back];
	if (!all.every((part) => /^[0-9a-f]{1,4}$/i.test(part))) return undefined;
	return Uint8Array.from(all.flatMap((part) => [Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 0xff]));
}

function word(bytes: Uint8Array, at: number): string {
	return (((bytes[at] as number) << 8) | (bytes[at + 1] as number)).toString(16);
}
