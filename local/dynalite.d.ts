declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** A DynamoDB that keeps everything in memory. */
  export default function dynalite(options?: { createTableMs?: number }): Server;
}
