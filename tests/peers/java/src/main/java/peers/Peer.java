package peers;

import java.nio.file.Path;

/** A library that signs. */
interface Peer {
    /** Its name and version. */
    String name();

    /**
     * Signs {@code source}, which {@code password} opens (null: none is needed), in its empty {@code field} (null: in a new one), and leaves
     * the signed document in {@code target}.
     */
    void sign(Path source, Path target, String password, String field) throws Exception;
}
