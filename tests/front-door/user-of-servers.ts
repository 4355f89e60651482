/** A process that uses private servers: `node user-of-servers.ts FOLDER mariadb|redis`, until SIGTERM. */
import { once } from 'node:events';
import { privateMariadb, privateRedis } from '../../bin/private-servers.ts';

const [folder = '', name] = process.argv.slice(2);
const server = await (name === 'mariadb' ? privateMariadb : privateRedis)(folder).join();
const ended = once(process, 'SIGTERM');
const awake = setInterval(() => {}, 60_000);
process.stdout.write('joined\n');
await ended;
await server.leave();
clearInterval(awake);
