/** The clients of a TLS listener that must show a certificate: who is heard, and for how long. */
import type { X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import type { Certificates } from './certificates.ts'

/**
 * Admits connections by the client's certificate, which TLS has verified up to an authority. Its end is checked here as well: TLS compares
 * it once, when a connection opens, and a connection can stay open for as long as it asks something every few seconds.
 */
export class Clients {
  readonly #certificates: Certificates
  readonly #names: readonly string[] | undefined
  readonly #admitted = new Map<TLSSocket, X509Certificate>()

  /** `names`: subject alternative names, one of which a certificate must have, since an authority may have issued others. Default: any. */
  constructor(certificates: Certificates, names: readonly string[] | undefined) {
    this.#certificates = certificates
    this.#names = names
  }

  /** True if the client is heard. Otherwise its connection is closed. */
  admit(socket: TLSSocket): boolean {
    const certificate = socket.getPeerX509Certificate()
    if (!certificate || !this.#isNamed(certificate) || this.#certificates.hasExpired(certificate)) {
      socket.destroy()
      return false
    }
    this.#admitted.set(socket, certificate)
    socket.once('close', () => this.#admitted.delete(socket))
    return true
  }

  /** Closes the connections of clients whose certificate has expired since they were admitted. */
  endExpired(): void {
    for (const [socket, certificate] of this.#admitted) {
      if (this.#certificates.hasExpired(certificate)) socket.destroy()
    }
  }

  #isNamed(certificate: X509Certificate): boolean {
    return (
      this.#names?.some((name) => certificate.checkHost(name, { subject: 'never', wildcards: false }) !== undefined) ??
      true
    )
  }
}
