export { decodeHidFrame, encodeHidFrame, type HidFrame, readHidFrame } from './frames.ts';
export {
  parseReportDescriptor,
  type ReportDescriptor,
  type ReportField,
  topLevelUsages,
} from './report-descriptor.ts';
export {
  findUsage,
  readByteField,
  readElement,
  readSelection,
  reportLength,
  type UsagePlace,
} from './report-values.ts';
export {
  awaitInputReport,
  getFeatureReport,
  type HidReport,
  recalledFrame,
  recallInputReport,
  setFeatureReport,
} from './requests.ts';
