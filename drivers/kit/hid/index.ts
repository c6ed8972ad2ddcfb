export { decodeHidFrame, encodeHidFrame, type HidFrame } from './frames.ts';
export { parseReportDescriptor, topLevelUsages } from './report-descriptor.ts';
export { recalledFrame, recallInputReport } from './requests.ts';
