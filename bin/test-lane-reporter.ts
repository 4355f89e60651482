import { Transform } from 'node:stream';
import { reasonOf, type TestEvent } from './test-tally.ts';

/** Sends what node's runner says of the tests of a lane to `bin/test`; errors are sent as texts. */
export default new Transform({
  objectMode: true,
  transform({ type, data }: TestEvent, _encoding, done) {
    if (['test:start', 'test:pass', 'test:fail'].includes(type)) {
      const { name, nesting, skip, todo, details } = data;
      const failureType = details?.error?.failureType;
      const error = details?.error && { failureType, cause: reasonOf(details.error) };
      process.send?.({ type, data: { name, nesting, skip, todo, details: { type: details?.type, error } } });
    }
    done();
  },
});
