package io.cosell.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.sqlite.SQLiteConnection;

/**
 * The one connection to the embedded store. SQLite has one writer at a time anyway: waiting for a turn in the pool costs nothing, while
 * connections that wait for each other in SQLite sleep, and read their pages anew after each commit of another. Every commit is synced,
 * but for those of {@link #unsynced()}.
 */
final class EmbeddedDataSource extends HikariDataSource {

    private static final String SYNCED = "full";
    private static final String UNSYNCED = "normal";

    /** Which connection was last put into which mode; read and written only by the thread that has the one connection. */
    private Connection last;
    private String mode;

    EmbeddedDataSource(HikariConfig config) {
        super(config);
        if (config.getMaximumPoolSize() != 1) {
            throw new IllegalArgumentException("The embedded store has one connection, not " + config.getMaximumPoolSize() + ".");
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        return in(SYNCED);
    }

    /** The same connection; its commits go to the disk with the next synced one. */
    DataSource unsynced() {
        return new DelegatingDataSource(this) {
            @Override
            public Connection getConnection() throws SQLException {
                return in(UNSYNCED);
            }
        };
    }

    private Connection in(String wanted) throws SQLException {
        Connection connection = super.getConnection();
        Connection physical = connection.unwrap(SQLiteConnection.class);
        if (physical != last || !wanted.equals(mode)) {
            last = null;
            try (Statement statement = connection.createStatement()) {
                statement.execute("pragma synchronous = " + wanted);
            } catch (SQLException e) {
                connection.close();
                throw e;
            }
            last = physical;
            mode = wanted;
        }
        return connection;
    }
}
