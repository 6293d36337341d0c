export default function tearDown() {
  globalThis.removeImage?.();
}
