package judges;

import eu.europa.esig.dss.enumerations.DigestAlgorithm;
import eu.europa.esig.dss.enumerations.SignatureAlgorithm;
import eu.europa.esig.dss.enumerations.SignatureLevel;
import eu.europa.esig.dss.model.DSSDocument;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.model.SignatureValue;
import eu.europa.esig.dss.model.ToBeSigned;
import eu.europa.esig.dss.model.x509.CertificateToken;
import eu.europa.esig.dss.pades.PAdESSignatureParameters;
import eu.europa.esig.dss.pades.PAdESTimestampParameters;
import eu.europa.esig.dss.pades.signature.PAdESService;
import eu.europa.esig.dss.service.crl.OnlineCRLSource;
import eu.europa.esig.dss.service.http.commons.CommonsDataLoader;
import eu.europa.esig.dss.service.http.commons.OCSPDataLoader;
import eu.europa.esig.dss.service.http.commons.TimestampDataLoader;
import eu.europa.esig.dss.service.ocsp.OnlineOCSPSource;
import eu.europa.esig.dss.service.tsp.OnlineTSPSource;
import eu.europa.esig.dss.spi.DSSUtils;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.spi.x509.aia.DefaultAIASource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/**
 * EU DSS as a client of the services in {@code ../services}: files of another maker to extend.
 *
 * <p>{@code DssLevels CERTS KEYS sign|extend|timestamp LEVEL IN OUT TSA}. The level is B, T, LT or LTA. The signer is {@code rsa}.
 */
public final class DssLevels {
    private DssLevels() {}

    public static void main(String[] args) throws Exception {
        Path certificates = Path.of(args[0]);
        Path keys = Path.of(args[1]);
        SignatureLevel level = SignatureLevel.valueByName("PAdES-BASELINE-" + args[3]);
        DSSDocument input = new FileDocument(args[4]);
        PAdESService service = service(certificates, args[6]);
        DSSDocument output = switch (args[2]) {
            case "sign" -> sign(service, input, level, certificates, keys);
            case "extend" -> {
                PAdESSignatureParameters parameters = new PAdESSignatureParameters();
                parameters.setSignatureLevel(level);
                yield service.extendDocument(input, parameters);
            }
            case "timestamp" -> service.timestamp(input, new PAdESTimestampParameters());
            default -> throw new IllegalArgumentException("nothing is called " + args[2]);
        };
        output.save(args[5]);
    }

    /** Signs files as B-LTA for {@link LevelsClock}, with one service for all of them. */
    static LevelsClock.Maker longTerm(Path certificates, Path keys, String tsa) {
        PAdESService service = service(certificates, tsa);
        return (source, target) -> sign(service, new FileDocument(source.toFile()), SignatureLevel.PAdES_BASELINE_LTA, certificates, keys)
                .save(target.toString());
    }

    private static PAdESService service(Path certificates, String tsa) {
        CommonTrustedCertificateSource roots = new CommonTrustedCertificateSource();
        for (String name : new String[] {"root", "tsaroot"}) roots.addCertificate(certificate(certificates, name));
        CommonCertificateVerifier verifier = new CommonCertificateVerifier();
        verifier.setTrustedCertSources(roots);
        verifier.setCrlSource(new OnlineCRLSource(new CommonsDataLoader()));
        verifier.setOcspSource(new OnlineOCSPSource(new OCSPDataLoader()));
        verifier.setAIASource(new DefaultAIASource(new CommonsDataLoader()));
        PAdESService service = new PAdESService(verifier);
        service.setTspSource(new OnlineTSPSource(tsa, new TimestampDataLoader()));
        return service;
    }

    private static DSSDocument sign(PAdESService service, DSSDocument input, SignatureLevel level, Path certificates, Path keys)
            throws Exception {
        PAdESSignatureParameters parameters = new PAdESSignatureParameters();
        parameters.setSignatureLevel(level);
        parameters.setDigestAlgorithm(DigestAlgorithm.SHA256);
        parameters.setSigningCertificate(certificate(certificates, "rsa"));
        parameters.setCertificateChain(certificate(certificates, "rsa"), certificate(certificates, "issuing"));
        parameters.setContentSize(20000);
        ToBeSigned data = service.getDataToSign(input, parameters);
        String pem = Files.readString(keys.resolve("rsa.pem")).replaceAll("-----[A-Z ]+-----|\\s", "");
        Signature signer = Signature.getInstance("SHA256withRSA");
        signer.initSign(KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem))));
        signer.update(data.getBytes());
        return service.signDocument(input, parameters, new SignatureValue(SignatureAlgorithm.RSA_SHA256, signer.sign()));
    }

    private static CertificateToken certificate(Path folder, String name) {
        return DSSUtils.loadCertificate(folder.resolve(name + ".cert.pem").toFile());
    }
}
