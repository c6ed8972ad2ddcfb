/** Which device gave a reading: a connector may get another one. Null: from before this was kept. */
export const state005ReadingDevices = `
ALTER TABLE readings ADD COLUMN device_id TEXT;
ALTER TABLE reading_history ADD COLUMN device_id TEXT;
`;
