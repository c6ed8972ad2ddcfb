/** What an operation says of itself, as Swagger UI holds it (an Immutable.js map). */
interface Held {
  getIn(path: readonly string[]): unknown;
}

/** What can't be tried here: a stream that never ends, what only the local socket may, and with a token what is local. */
function isTriable(operation: Held | undefined, byToken: boolean): boolean {
  const reach = operation?.getIn(['x-fibric-edge-reach']);
  if (reach === 'socket' || (byToken && reach === 'machine')) return false;
  return operation?.getIn(['responses', '200', 'content', 'text/event-stream']) === undefined;
}

/**
 * Takes out of Swagger UI what this page does itself or has no use for: its own title and place for a token, the choice of a server
 * (there is one), and buttons for what can't work from here.
 */
export function readablePlugin(byToken: boolean) {
  const nothing = () => () => null;
  return () => ({
    wrapComponents: {
      InfoContainer: nothing,
      authorizeBtn: nothing,
      authorizeOperationBtn: nothing,
      ServersContainer: nothing,
    },
    statePlugins: {
      spec: {
        wrapSelectors: {
          allowTryItOutFor:
            () =>
            (state: Held, path: string, method: string): boolean =>
              isTriable(state.getIn(['json', 'paths', path, method]) as Held | undefined, byToken),
        },
      },
    },
  });
}
