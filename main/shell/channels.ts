/** The one channel on which pages ask the shell for something. */
export const REQUEST_CHANNEL = 'fibric-edge:request';
/** The one channel on which the shell tells pages how it is. */
export const STATE_CHANNEL = 'fibric-edge:state';
