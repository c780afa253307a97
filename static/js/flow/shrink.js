// Photos before they travel: where they were taken, and a size that a phone can send.

const EDGE = 1600;
const BYTES = 2 * 2 ** 20;

/** `{latitude, longitude}` out of a photo's metadata, null if it has none or cannot be read here. */
export async function gpsOf(file) {
  try {
    const { default: exifr } = await import("../../vendor/exifr/exifr.js");
    const place = await exifr.gps(file);
    return Number.isFinite(place?.latitude) && Number.isFinite(place?.longitude) ? place : null;
  } catch {
    return null;
  }
}

/**
 * A JPEG of at most 1600 px for what is larger than that or than 2 MB, upright and without metadata.
 * null where the photo is small enough, or where the browser cannot decode it (HEIC): then the original is sent.
 */
export async function shrunk(file) {
  let picture;
  try {
    picture = await decode(file);
  } catch {
    return null;
  }
  const { width, height } = picture;
  const share = Math.min(1, EDGE / Math.max(width, height));
  if (share === 1 && file.size <= BYTES) {
    picture.close?.();
    return null;
  }
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * share);
  canvas.height = Math.round(height * share);
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close?.();
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
  return blob && blob.size < file.size ? blob : null;
}

async function decode(file) {
  if (window.createImageBitmap) return createImageBitmap(file, { imageOrientation: "from-image" });
  const image = new Image();
  image.src = URL.createObjectURL(file);
  await image.decode();
  URL.revokeObjectURL(image.src);
  return image;
}

/** Whether the browser can show the photo. */
export async function showable(blob) {
  try {
    (await decode(blob)).close?.();
    return true;
  } catch {
    return false;
  }
}
