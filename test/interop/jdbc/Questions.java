import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the queries on standard input, with a NUL after each, over JDBC. Prints the rows of each with a NUL after them: a line per row, its cells
 * as text with tabs between them, \N for null.
 *
 *   java -cp postgresql.jar Questions.java jdbc:postgresql://host:port/database?user=...
 */
public class Questions {
    /** From the fifth time on, the driver prepares a statement on the server under a name. */
    private static final int TIMES = 6;

    public static void main(String[] arguments) throws Exception {
        String queries = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
        StringBuilder printed = new StringBuilder();
        try (Connection connection = DriverManager.getConnection(arguments[0])) {
            for (String query : queries.split("\0")) {
                try (PreparedStatement statement = connection.prepareStatement(query)) {
                    String rows = "";
                    for (int time = 0; time < TIMES; time++) rows = rowsOf(statement);
                    printed.append(rows).append('\0');
                }
            }
        }
        System.out.write(printed.toString().getBytes(StandardCharsets.UTF_8));
        System.out.flush();
    }

    private static String rowsOf(PreparedStatement statement) throws Exception {
        StringBuilder rows = new StringBuilder();
        try (ResultSet result = statement.executeQuery()) {
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                List<String> cells = new ArrayList<>();
                for (int column = 1; column <= columns; column++) {
                    String cell = result.getString(column);
                    cells.add(cell == null ? "\\N" : cell);
                }
                rows.append(String.join("\t", cells)).append('\n');
            }
        }
        return rows.toString();
    }
}
