// A machine that is reached over SSH, as remote_host.sh makes one: commands run there, and a port of it leads here
// through a tunnel that can be cut. Knows nothing of editors.
import { spawn } from 'node:child_process';
import net from 'node:net';
import { freePort, until } from './workbench.mjs';

const quoted = (word) => `'${word.replaceAll("'", `'\\''`)}'`;

export class Faraway {
  /** `config` is for `ssh -F`; its host is `faraway`. */
  constructor(config) {
    this.ssh = ['-F', config];
  }

  /** With a terminal, so that the program ends with the connection. */
  spawn(program, args, env, stdio) {
    const words = ['env', ...Object.entries(env).map(([name, value]) => `${name}=${value}`), program, ...args];
    return spawn('ssh', ['-tt', ...this.ssh, 'faraway', `exec ${words.map(quoted).join(' ')}`], { stdio });
  }

  async reach(port) {
    this.port = await freePort();
    this.farPort = port;
    await this.tunnel();
    return this.port;
  }

  async tunnel() {
    const forward = `127.0.0.1:${this.port}:127.0.0.1:${this.farPort}`;
    this.line = spawn('ssh', [...this.ssh, '-N', '-o', 'ExitOnForwardFailure=yes', '-L', forward, 'faraway'], { stdio: 'ignore' });
    process.once('exit', () => this.line.kill());
    await until('the tunnel', () => accepts(this.port));
  }

  /** As when the network is gone: whoever comes through the tunnel is cut off. */
  async cut() {
    this.line.kill('SIGKILL');
    await until('the end of the tunnel', async () => !(await accepts(this.port)));
  }
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}
