// Jest's global set-up of the tests that run the image: builds it, and says to them where its files are.
import { buildImage } from '../../scripts/build-image.mjs';

export default function setUp() {
  const image = buildImage();
  process.env.NMS_IMAGE_ROOT = image.directory;
  globalThis.removeImage = image.remove;
}
