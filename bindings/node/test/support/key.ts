/** The key by which sessions of tests are sealed: the bytes 00 01 … 1f. */
export const key: Buffer = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
