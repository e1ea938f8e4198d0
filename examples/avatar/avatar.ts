import { Jimp } from 'jimp';

export const AVATAR_SIZE = 256;

/** The largest centred square of a JPEG or PNG, as a PNG of 256 × 256. Pure JavaScript: a bundle runs on any CPU. */
export async function toAvatar(source: Buffer): Promise<Buffer> {
  const image = await Jimp.read(source);
  return await image.cover({ w: AVATAR_SIZE, h: AVATAR_SIZE }).getBuffer('image/png');
}
