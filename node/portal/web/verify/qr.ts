import jsQR from "jsqr";

/** The text of the first QR code in a picture, or undefined. */
export function readPicture(
  source: CanvasImageSource,
  { width, height }: { width: number; height: number },
): string | undefined {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null || width === 0 || height === 0) return undefined;
  context.drawImage(source, 0, 0, width, height);
  return jsQR.default(context.getImageData(0, 0, width, height).data, width, height)?.data;
}
