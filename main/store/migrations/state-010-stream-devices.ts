/** Which device sent an entry: a connector may get another one. Null: from before this was kept, so that nobody knows. */
export const state010StreamDevices = `
ALTER TABLE stream_entries ADD COLUMN device_id TEXT;
`;
