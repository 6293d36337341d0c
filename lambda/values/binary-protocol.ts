// memcached's doc/protocol-binary.xml.

export const COMMAND = {
  get: 0x00,
  set: 0x01,
  add: 0x02,
  delete: 0x04,
  up: 0x05,
  down: 0x06,
  version: 0x0b,
  touch: 0x1c,
} as const;

export const STATUS = { ok: 0, notFound: 1, exists: 2, tooLarge: 3, notANumber: 6 } as const;

/** An expiration that keeps a counter from being made where there is none. */
export const NO_COUNTER = 0xffff_ffff;

/** The length of a header, in bytes, and what a reply's begins with. */
export const HEADER = { length: 24, reply: 0x81 } as const;
