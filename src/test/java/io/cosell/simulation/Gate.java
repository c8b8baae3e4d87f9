package io.cosell.simulation;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Everything that a connector does to the world goes through here: its calls and its transactions. At a chosen one the process dies:
 * from then on nothing of this incarnation gets through any more, not even from its error handlers, until {@link #revive}.
 */
final class Gate implements HttpClientConfigurer {

    /** What is told of each call of the connector. */
    interface Watch {
        void before(String method, String path);

        void after(String method, String path, int status);
    }

    private final Set<Connection> known = Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
    private final Watch watch;
    private boolean dead;
    private boolean counts;
    private int callsLeft = -1;
    private int transactionsLeft = -1;
    private int writesLeft = -1;
    private boolean afterwards;

    Gate(Watch watch) {
        this.watch = watch;
    }

    /** The process dies at the n-th call from now on, before it goes out or after it was answered. */
    synchronized void dieAtCall(int n, boolean after) {
        callsLeft = n;
        afterwards = after;
    }

    /** The process dies here and now. */
    synchronized void die() {
        dead = true;
    }

    /** The process dies right after the n-th write from now on was done. */
    synchronized void dieAtWrite(int n) {
        writesLeft = n;
    }

    /** The process dies at the n-th transaction from now on, before it is committed or right after. */
    synchronized void dieAtTransaction(int n, boolean after) {
        transactionsLeft = n;
        afterwards = after;
    }

    /** Ends what a new process ends: nothing is planned any more, and everything gets through again. */
    synchronized void revive() {
        dead = false;
        callsLeft = -1;
        transactionsLeft = -1;
        writesLeft = -1;
    }

    synchronized boolean isDead() {
        return dead;
    }

    /** Only what the connector does counts, not what a referee reads. */
    synchronized void counts(boolean on) {
        counts = on;
    }

    private synchronized void refuseTheDead() {
        if (dead) {
            throw new Death();
        }
    }

    // ---- calls

    @Override
    public void configureHttpClient(HttpClientBuilder client) {
        client.addExecInterceptorFirst("gate", (request, scope, chain) -> call(request, () -> chain.proceed(request, scope)));
    }

    private interface Exchange {
        ClassicHttpResponse proceed() throws IOException, org.apache.hc.core5.http.HttpException;
    }

    private ClassicHttpResponse call(ClassicHttpRequest request, Exchange exchange)
        throws IOException, org.apache.hc.core5.http.HttpException {
        boolean last;
        synchronized (this) {
            if (dead) {
                throw new IOException("The process is dead.");
            }
            last = counts && callsLeft >= 0 && callsLeft-- == 0;
            if (last && !afterwards) {
                dead = true;
                throw new IOException("The process dies before this call.");
            }
            last |= counts && isWrite(request.getMethod(), request.getPath()) && writesLeft >= 0 && writesLeft-- == 0;
        }
        watch.before(request.getMethod(), request.getPath());
        ClassicHttpResponse response;
        try {
            response = exchange.proceed();
        } catch (IOException e) {
            watch.after(request.getMethod(), request.getPath(), 0);
            throw e;
        }
        watch.after(request.getMethod(), request.getPath(), response.getCode());
        if (last) {
            synchronized (this) {
                dead = true;
            }
            response.close();
            throw new IOException("The process dies after this call.");
        }
        return response;
    }

    /** Whether a call may write, and is not part of a sign-in. */
    static boolean isWrite(String method, String path) {
        return !method.equals("GET") && !path.contains("/oauth2/");
    }

    // ---- transactions

    /** Thrown into a process that is dead; it can do nothing about it. Without a trace, which nobody would read in the log. */
    static final class Death extends RuntimeException {
        Death() {
            super("The process is dead.", null, false, false);
        }
    }

    /** The store's database, behind this gate. */
    DataSource database(DataSource database) {
        return new DelegatingDataSource(database) {
            @Override
            public Connection getConnection() throws SQLException {
                refuseTheDead();
                return guarded(super.getConnection());
            }
        };
    }

    private Connection guarded(Connection connection) throws SQLException {
        if (known.add(connection.unwrap(Connection.class))) {
            // A process that dies loses nothing that it gave to the system; what a power cut does is not simulated.
            try (Statement statement = connection.createStatement()) {
                statement.execute("pragma synchronous = off");
            }
        }
        InvocationHandler handler = (proxy, method, arguments) -> switch (method.getName()) {
            case "commit" -> committed(() -> invoke(connection, method, arguments));
            case "prepareStatement" -> guarded(connection, (PreparedStatement) invoke(connection, method, arguments));
            default -> invoke(connection, method, arguments);
        };
        return (Connection) Proxy.newProxyInstance(Gate.class.getClassLoader(), new Class<?>[] {Connection.class}, handler);
    }

    private PreparedStatement guarded(Connection connection, PreparedStatement statement) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            if (!method.getName().startsWith("execute")) {
                return invoke(statement, method, arguments);
            }
            refuseTheDead();
            boolean transaction = method.getName().equals("executeUpdate") && connection.getAutoCommit();
            return transaction ? committed(() -> invoke(statement, method, arguments)) : invoke(statement, method, arguments);
        };
        return (PreparedStatement) Proxy.newProxyInstance(Gate.class.getClassLoader(), new Class<?>[] {PreparedStatement.class}, handler);
    }

    private interface Commit {
        Object run() throws Throwable;
    }

    private Object committed(Commit commit) throws Throwable {
        boolean last;
        synchronized (this) {
            refuseTheDead();
            last = counts && transactionsLeft >= 0 && transactionsLeft-- == 0;
            if (last && !afterwards) {
                dead = true;
                throw new Death();
            }
        }
        Object result = commit.run();
        if (last) {
            synchronized (this) {
                dead = true;
            }
            throw new Death();
        }
        return result;
    }

    private static Object invoke(Object target, java.lang.reflect.Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
