export { createPageFiles, findPageFolder } from './page-files.ts';
