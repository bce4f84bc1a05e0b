/** What a download is doing. */
export type DownloadProgress =
  /** Bytes of a file arrive; `bytes` of it are here. */
  | {
      readonly step: 'download';
      readonly file: string;
      readonly url: string;
      readonly bytes: number;
      readonly totalBytes: number;
    }
  /** A try failed, and the next begins after a pause. */
  | {
      readonly step: 'wait';
      readonly file: string;
      readonly url: string;
      readonly reason: string;
      readonly seconds: number;
    }
  /** The checksum of a file is computed, or files are taken out of it. */
  | { readonly step: 'check' | 'unpack'; readonly file: string };
