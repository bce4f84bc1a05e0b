import { checkNumber } from './check.js';
import { withCode, wrongType } from './errors.js';

/** How a row of D = height · width · channels numbers is a picture; its order is height, width, channel. */
export interface ImageShape {
  readonly height: number;
  readonly width: number;
  /** 1 for grey, 3 for red, green and blue. */
  readonly channels: number;
  /**
   * Whether pictures were stretched to this size, so that others for the same model may be, too.
   * @defaultValue false
   */
  readonly resized?: boolean | undefined;
}

/**
 * A copy of the shape of pictures of D numbers that nobody can change.
 *
 * @throws TypeError or RangeError
 */
export function checkImageShape(shape: unknown, D: number): ImageShape {
  if (typeof shape !== 'object' || shape === null) throw wrongType('an object for imageShape', shape);
  const { height, width, channels, resized } = shape as ImageShape;
  for (const [name, size] of Object.entries({ height, width, channels })) {
    checkNumber(size, `imageShape.${name}`, { integer: true, min: 1 });
  }
  if (resized !== undefined && typeof resized !== 'boolean') {
    throw wrongType('true or false for imageShape.resized', resized);
  }
  if (height * width * channels === D) {
    return Object.freeze({ height, width, channels, ...(resized && { resized }) });
  }
  throw withCode(
    new RangeError(
      `Expected an imageShape of ${D} numbers, as a row has, but received ${height} · ${width} · ${channels}`,
    ),
    'ERR_SHAPE',
  );
}
