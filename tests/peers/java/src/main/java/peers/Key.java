package peers;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A private key, and its certificate followed by those of its issuers. */
record Key(PrivateKey secret, List<X509Certificate> certificates) {
    static Key load(Path key, Path certificate, Path chain) throws Exception {
        String pem = Files.readString(key).replaceAll("-----[^-]+-----", "");
        PrivateKey secret = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem)));
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> certificates = new ArrayList<>();
        for (Path file : List.of(certificate, chain)) {
            try (InputStream input = Files.newInputStream(file)) {
                for (var found : factory.generateCertificates(input)) certificates.add((X509Certificate) found);
            }
        }
        return new Key(secret, certificates);
    }
}
