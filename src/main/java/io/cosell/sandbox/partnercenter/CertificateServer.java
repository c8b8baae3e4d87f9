package io.cosell.sandbox.partnercenter;

import io.cosell.sandbox.partnercenter.SandboxCertificates.Signer;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PfxOptions;
import java.net.URI;
import java.security.cert.CertificateEncodingException;
import java.util.Arrays;

/** Serves the certificates of the webhooks in DER form over https on loopback, under {@code /cert/}. */
final class CertificateServer implements AutoCloseable {

    private final SandboxCertificates certificates;
    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;

    /** Starts on a free port. */
    CertificateServer(SandboxCertificates certificates) {
        this.certificates = certificates;
        PfxOptions keys = new PfxOptions().setValue(Buffer.buffer(certificates.serverKeyStore())).setPassword(SandboxCertificates.PASSWORD);
        server = vertx.createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0).setSsl(true).setKeyCertOptions(keys))
            .requestHandler(this::answer);
        server.listen().toCompletionStage().toCompletableFuture().join();
    }

    /** Address of a signer's certificate. */
    URI address(Signer signer) {
        return URI.create("https://127.0.0.1:" + server.actualPort() + "/cert/" + signer.file());
    }

    private void answer(HttpServerRequest request) {
        Arrays.stream(Signer.values()).filter(signer -> request.path().equals("/cert/" + signer.file())).findFirst().ifPresentOrElse(
            signer -> request.response().putHeader("Content-Type", "application/pkix-cert").end(Buffer.buffer(der(signer))),
            () -> request.response().setStatusCode(404).end());
    }

    private byte[] der(Signer signer) {
        try {
            return certificates.certificate(signer).getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
