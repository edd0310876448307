import { execFile } from 'node:child_process';
import { type AccountCheck, type Finding, failed, ok, warning } from '../check';

/** What the commands of the engine did. */
export interface Engine {
  /** `CDK_DOCKER`, by default `docker`. */
  readonly command: string;
  readonly isInstalled: boolean;
  /** The output of `buildx version`; undefined if it failed. */
  readonly buildx: string | undefined;
  /** The version of the server, or of an engine without one; undefined if it does not answer. */
  readonly server: string | undefined;
}

const TIMEOUT_MS = 20_000;

/** Can this computer build the image of the tasks? */
export const containerEngine: AccountCheck = {
  id: 'container-engine',
  title: 'container engine with BuildKit',
  async run({ env, stack }) {
    const command = env.CDK_DOCKER || 'docker';
    const [buildx, server] = await Promise.all([
      outputOf(command, ['buildx', 'version']),
      // Only Docker always has a server of its own.
      outputOf(command, isDocker(command) ? ['version', '--format', '{{.Server.Version}}'] : ['version']),
    ]);
    const engine = {
      command,
      isInstalled: buildx !== 'not found',
      buildx: buildx?.split('\n')[0],
      server: server === 'not found' ? undefined : versionIn(server),
    };
    return judgeEngine(engine, stack.isDeployed === true);
  },
};

/** @param isDeployed the engine is then needed only for the next deployment */
export function judgeEngine({ command, isInstalled, buildx, server }: Engine, isDeployed: boolean): Finding {
  const fault = isDeployed ? warning : failed;
  const when = isDeployed ? ', before the next deployment from this computer' : '';
  if (!isInstalled) {
    return fault(
      `${command} is not installed`,
      `install Docker 23 or newer, or set CDK_DOCKER to finch or podman${when}`,
    );
  }
  if (server === undefined) {
    return fault(`${command} is installed, but does not answer`, `start it; try: ${command} version${when}`);
  }
  // Other engines build with BuildKit or Buildah without this command.
  if (buildx === undefined && isDocker(command)) {
    return fault(`${command} ${server} has no BuildKit`, `install the plugin docker-buildx${when}`);
  }
  return ok(`${command} ${server}${buildx === undefined ? '' : `, ${buildx}`}`);
}

const isDocker = (command: string): boolean => /(^|[\\/])docker(\.exe)?$/.test(command);

/** The first version number in the output. */
const versionIn = (output: string | undefined): string | undefined =>
  output === undefined ? undefined : (/\d+(\.\d+)+\S*/.exec(output)?.[0] ?? 'of unknown version');

/** Runs a program without a shell. @returns its output; undefined if it failed */
function outputOf(command: string, args: readonly string[]): Promise<string | 'not found' | undefined> {
  return new Promise((resolve) => {
    execFile(command, [...args], { timeout: TIMEOUT_MS }, (error, stdout) => {
      if (error) resolve(error.code === 'ENOENT' || error.code === 'EACCES' ? 'not found' : undefined);
      else resolve(stdout.trim());
    });
  });
}
