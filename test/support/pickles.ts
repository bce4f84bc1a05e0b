/** Writes pickles as Python 2 wrote those of CIFAR-10 and CIFAR-100: protocol 2, with texts of bytes. */

/** What is written: bytes are an array of shape (N, 3072), and texts are those of Python 2. */
export type Plain = number | string | Uint8Array | readonly Plain[] | { readonly [key: string]: Plain };

/** A pickle in parts; the longest one is the array of bytes, if there is one. */
export function pickle(value: Plain): Buffer {
  const writer = new Writer();
  writer.write(value);
  return Buffer.concat([Buffer.from([0x80, 2]), ...writer.parts, Buffer.from('.')]);
}

class Writer {
  readonly parts: Buffer[] = [];
  #kept = 0;

  write(value: Plain): void {
    if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'string') this.#text(value);
    else if (value instanceof Uint8Array) this.#array(value);
    else if (Array.isArray(value)) this.#list(value);
    else this.#dictionary(value as { readonly [key: string]: Plain });
  }

  #bytes(...bytes: (number | string | Uint8Array)[]): void {
    const buffers = bytes.map((part) => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part as string)));
    this.parts.push(...buffers);
  }

  #keep(): void {
    const index = this.#kept++;
    if (index < 256) this.#bytes('q', index);
    else this.#bytes('r', word(index));
  }

  #number(value: number): void {
    if (value >= 0 && value < 256) this.#bytes('K', value);
    else if (value >= 0 && value < 65_536) this.#bytes('M', value & 255, value >> 8);
    else this.#bytes('J', word(value));
  }

  #text(value: string | Uint8Array): void {
    const bytes = Buffer.from(value as string);
    if (bytes.length < 256) this.#bytes('U', bytes.length, bytes);
    else this.#bytes('T', word(bytes.length), bytes);
    this.#keep();
  }

  #list(values: readonly Plain[]): void {
    this.#bytes(']');
    this.#keep();
    if (values.length === 0) return;
    this.#bytes('(');
    for (const value of values) this.write(value);
    this.#bytes('e');
  }

  #dictionary(value: { readonly [key: string]: Plain }): void {
    this.#bytes('}');
    this.#keep();
    this.#bytes('(');
    for (const [key, item] of Object.entries(value)) {
      this.#text(key);
      this.write(item);
    }
    this.#bytes('u');
  }

  #array(data: Uint8Array): void {
    this.#bytes('cnumpy.core.multiarray\n_reconstruct\n');
    this.#keep();
    this.#bytes('cnumpy\nndarray\n');
    this.#keep();
    this.#bytes('K', 0, 0x85);
    this.#keep();
    this.#text('b');
    this.#bytes(0x87);
    this.#keep();
    this.#bytes('R');
    this.#keep();
    this.#bytes('(K', 1);
    this.#number(data.length / 3072);
    this.#number(3072);
    this.#bytes(0x86);
    this.#keep();
    this.#bytes('cnumpy\ndtype\n');
    this.#keep();
    this.#text('u1');
    this.#bytes('K', 0, 'K', 1, 0x87);
    this.#keep();
    this.#bytes('R');
    this.#keep();
    this.#bytes('(K', 3);
    this.#text('|');
    this.#bytes('NNNJ', word(-1), 'J', word(-1), 'K', 0, 't');
    this.#keep();
    this.#bytes('b', 0x89);
    this.#text(data);
    this.#bytes('t');
    this.#keep();
    this.#bytes('b');
  }
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}
