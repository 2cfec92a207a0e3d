/**
 * Rendezvous hashing: every runner has a score for every key, and the highest wins. A runner that leaves or returns
 * moves only its own keys, and gateways that know the same runners agree without talking.
 *
 * None of this is secret: it spreads, it does not protect.
 */

/** 32 bits of a text: FNV-1a over its UTF-16 code units, then mixed. */
export function hash32(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return mix(value);
}

/** How much a runner is wanted for a key, both given as {@link hash32}; higher wins. */
export function scoreOf(runnerHash: number, keyHash: number): number {
  // Two rounds: after one, runners whose hashes differ in few bits would score alike.
  return mix(mix(runnerHash ^ keyHash) + runnerHash);
}

/** The finisher of MurmurHash3: each bit of the input changes half of the output's. */
function mix(input: number): number {
  let value = input;
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
