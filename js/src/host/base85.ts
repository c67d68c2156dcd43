/** The digits of Python's `base64.b85encode`: none of them has to be escaped in JSON. */
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
const PER_WORD = 5;

/** The bytes that Python's `base64.b85encode` has written as text: five digits for four bytes, the first digit counts most. */
export function fromBase85(text: string): Uint8Array<ArrayBuffer> {
  const words = Math.ceil(text.length / PER_WORD);
  const view = new DataView(new ArrayBuffer(words * 4));
  const padded = text.padEnd(words * PER_WORD, "~");
  for (let word = 0; word < words; word++) {
    let value = 0;
    for (const digit of padded.slice(word * PER_WORD, (word + 1) * PER_WORD))
      value = value * 85 + DIGITS.indexOf(digit);
    view.setUint32(word * 4, value);
  }
  return new Uint8Array(view.buffer, 0, Math.floor((text.length * 4) / PER_WORD));
}
