/** Addresses that the window makes its screens from; all of them are the one page. */
const places =
  /^\/(?:(?:devices|catalogue|connectors|approvals|activity|cloud|settings|support|kiosk)(?:\/[^/]+){0,2}\/?)?$/;

/** Whether the window has a screen at this path: an address alone brings it back, whatever the id in it. */
export function isPlace(path: string): boolean {
  return places.test(path);
}
