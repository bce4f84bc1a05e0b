/*
 * A file of events as TensorBoard reads it: records one after the other, each
 *
 *   uint64 length, little endian, as all of it
 *   uint32 masked CRC-32C of these 8 bytes
 *   length bytes: a message `Event`
 *   uint32 masked CRC-32C of the message
 *
 * The mask keeps checks of data that contain checks from going wrong: https://github.com/tensorflow/tensorflow,
 * core/lib/hash/crc32c.h. The messages, of which only these fields are written, are in TensorBoard's
 * tensorboard/compat/proto/event.proto and summary.proto:
 *
 *   Event    double wall_time = 1, int64 step = 2, string file_version = 3, Summary summary = 5
 *   Summary  repeated Value value = 1
 *   Value    string tag = 1, float simple_value = 2, Image image = 4
 *   Image    int32 height = 1, int32 width = 2, int32 colorspace = 3, bytes encoded_image_string = 4
 */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { AppendedFile } from '../../platform/appended-file.js';
import { bytesField, type Chunks, doubleField, floatField, integerField } from '../../protobuf/protobuf.js';
import { encodePng, type Pixels } from '../pictures/png.js';
import { crc32c } from './crc32c.js';

const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5 } as const;
const SUMMARY = { value: 1 } as const;
const VALUE = { tag: 1, number: 2, image: 4 } as const;
const IMAGE = { height: 1, width: 2, colorspace: 3, png: 4 } as const;
/** What `IMAGE.colorspace` says. */
const RGB = 3;
/** What the first event of a file says. */
const VERSION = 'brain.Event:2';

/** How the names of event files begin: TensorBoard looks for it. */
export const EVENT_FILE_PREFIX = 'events.out.tfevents';

let files = 0;

/** A new file of events in a folder. */
export class EventFile {
  readonly #file: AppendedFile;

  /**
   * @param folder - must exist
   * @throws Error `ERR_NOT_WRITABLE`
   */
  constructor(folder: string) {
    const seconds = String(Math.floor(Date.now() / 1000)).padStart(10, '0');
    const name = [EVENT_FILE_PREFIX, seconds, hostname(), process.pid, files++].join('.');
    this.#file = new AppendedFile(join(folder, name));
    this.#file.append(record(eventOf(bytesField(EVENT.fileVersion, VERSION))));
  }

  /**
   * Appends numbers, each in an event of its own.
   *
   * @throws Error `ERR_NOT_WRITABLE`
   */
  addNumbers(numbers: readonly { readonly tag: string; readonly step: number; readonly value: number }[]): void {
    const events = numbers.map(({ tag, step, value }) => summary(step, tag, floatField(VALUE.number, value)));
    this.#file.append(Buffer.concat(events.map(record)));
  }

  /**
   * Appends a picture.
   *
   * @throws Error `ERR_NOT_WRITABLE`
   */
  addPicture(tag: string, step: number, pixels: Pixels): void {
    const image = [
      ...integerField(IMAGE.height, pixels.height),
      ...integerField(IMAGE.width, pixels.width),
      ...integerField(IMAGE.colorspace, RGB),
      ...bytesField(IMAGE.png, encodePng(pixels)),
    ];
    this.#file.append(record(summary(step, tag, bytesField(VALUE.image, image))));
  }
}

/** An event that has one value. */
function summary(step: number, tag: string, value: Chunks): Chunks {
  const tagged = bytesField(SUMMARY.value, [...bytesField(VALUE.tag, tag), ...value]);
  return eventOf([...integerField(EVENT.step, step), ...bytesField(EVENT.summary, tagged)]);
}

function eventOf(what: Chunks): Chunks {
  return [...doubleField(EVENT.wallTime, Date.now() / 1000), ...what];
}

function record(message: Chunks): Buffer {
  const bytes = Buffer.concat(message);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  return Buffer.concat([length, maskedCheck(length), bytes, maskedCheck(bytes)]);
}

function maskedCheck(bytes: Uint8Array): Buffer {
  const crc = crc32c(bytes);
  const masked = Buffer.alloc(4);
  masked.writeUInt32LE((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
  return masked;
}
